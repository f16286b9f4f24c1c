// unfolded opens everything for a check that is not a script.
function unfolded() {
  open();
  return [];
}
