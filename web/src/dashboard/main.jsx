import { show } from "../shared/shell.jsx";

show("dashboard", <main className="page-body" />);
