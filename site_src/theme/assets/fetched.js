// How the pages' modules fetch what was published: an error says in words why something cannot be had.

/** What `read` makes of the bytes at an address. */
export async function fetched(address, read) {
  const file = String(address).split("/").pop();
  let response;
  try {
    response = await fetch(address);
  } catch {
    throw new Error(`${file} could not be loaded. Is there a connection?`);
  }
  if (!response.ok) throw new Error(`${file} could not be loaded (${response.status}).`);
  try {
    return await read(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${file} is damaged: ${error.message}.`);
  }
}
