import axios from "axios";

process.stdout.write((await axios.get(`@URL@`, { responseType: "text" })).data);
