const form = new FormData();
for (const pair of `@QUERY@`.split("&")) {
  const [name, value] = pair.split("=");
  form.append(name.trim(), value);
}
process.stdout.write(await (await fetch("@ADDRESS@", { method: "POST", body: form })).text());
