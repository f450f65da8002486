import { show } from "../shared/shell.jsx";

show("translate", <main className="page-body" />);
