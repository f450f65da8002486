import axios from "axios";

const fields = Object.fromEntries(`@QUERY@`.split("&").map((pair) => pair.trim().split("=")));
process.stdout.write((await axios.post("@ADDRESS@", fields, { responseType: "text" })).data);
