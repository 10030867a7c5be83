//! Lines of a launch file, for messages.

/// Line (from 1) of `key` in `[node.<id>]`, of the table itself where the key is not
/// found, else 1.
pub(super) fn line_of(text: &str, node: &str, key: Option<&str>) -> usize {
    let header = format!("[node.{node}]");
    let dotted = format!("[node.{node}.");
    let mut inside = false;
    let mut table = 1;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.starts_with(&header) || line.starts_with(&dotted);
            if line.starts_with(&header) {
                table = number + 1;
            }
        } else if inside && key.is_some_and(|key| is_key(line, key)) {
            return number + 1;
        }
    }
    table
}

/// Line (from 1) of a top-level key or table.
pub(super) fn line_of_top(text: &str, key: &str) -> usize {
    let (table, dotted) = (format!("[{key}]"), format!("[{key}."));
    let found = text.lines().position(|line| {
        let line = line.trim();
        line.starts_with(&table) || line.starts_with(&dotted) || is_key(line, key)
    });
    found.map_or(1, |index| index + 1)
}

/// Line (from 1) of `key` in `[run]`, of the table itself where the key is not found.
pub(super) fn line_of_run(text: &str, key: &str) -> usize {
    let table = line_of_top(text, "run");
    let inside = text.lines().enumerate().skip(table);
    let mut own = inside.take_while(|(_, line)| !line.trim().starts_with('['));
    own.find(|(_, line)| is_key(line, key)).map_or(table, |(number, _)| number + 1)
}

fn is_key(line: &str, key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    line.split(['=', '.']).any(|part| part.trim() == last) && line.contains('=')
}
