import "./monaco.js";

import { show } from "../shared/shell.jsx";
import { App } from "./app.jsx";

show("graphiql", <App />);
