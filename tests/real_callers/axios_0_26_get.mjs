import axios from "axios-0.26";

process.stdout.write((await axios.get(`@URL@`, { responseType: "text" })).data);
