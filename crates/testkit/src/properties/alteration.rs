//! Changes to documents, as somebody would make them who wants more than they may have.

use serde_json::Value;

/// A change to a plan's document: the value at `target`, found by walking the document, becomes the one at `source`.
///
/// Copying values from elsewhere in the document, and from `spare`, makes alterations that still parse: another
/// group, school, actor or network, another's user id, a refusal made a creation, a row twice, a row less.
#[derive(Debug, Clone)]
pub struct Alteration {
    /// Which value is changed, counted over the whole document and wrapping around.
    pub target: usize,
    /// What is put there.
    pub by: Change,
}

/// What is put in place of a value.
#[derive(Debug, Clone)]
pub enum Change {
    /// Another value of the document with the same type, counted and wrapping around.
    Copied(usize),
    /// This id.
    Id(uuid::Uuid),
    /// Nothing: the value is taken out of its list.
    Removed,
    /// The same value, twice in its list.
    Doubled,
}

impl Alteration {
    /// Makes the change, if there is anything to change.
    pub(super) fn make(&self, document: &mut Value) {
        alter(document, self);
    }
}

fn alter(document: &mut Value, alteration: &Alteration) {
    let copied = match alteration.by {
        Change::Copied(from) => value_at(document, from, alteration.target),
        Change::Id(id) => Some(Value::String(id.to_string())),
        Change::Removed | Change::Doubled => None,
    };
    let mut values = Vec::new();
    paths(document, &mut String::new(), &mut values);
    let Some(place) = alteration.target.checked_rem(values.len()).and_then(|place| values.get(place)) else {
        return;
    };
    let (list, index) = place.rsplit_once('/').unwrap_or_default();
    match (&alteration.by, index.parse::<usize>()) {
        (Change::Removed | Change::Doubled, Ok(index)) => {
            if let Some(Value::Array(items)) = document.pointer_mut(list)
                && index < items.len()
            {
                let item = items.remove(index);
                if matches!(alteration.by, Change::Doubled) {
                    items.extend([item.clone(), item]);
                }
            }
        }
        (Change::Removed | Change::Doubled, Err(_)) => {}
        _ => {
            if let (Some(target), Some(value)) = (document.pointer_mut(place), copied) {
                *target = value;
            }
        }
    }
}

/// A value of the same type as the one at `target`, if the document has another.
fn value_at(document: &Value, from: usize, target: usize) -> Option<Value> {
    let mut all = Vec::new();
    paths(document, &mut String::new(), &mut all);
    let target = document.pointer(all.get(target.checked_rem(all.len())?)?)?;
    let alike: Vec<&Value> = all
        .iter()
        .filter_map(|path| document.pointer(path))
        .filter(|value| std::mem::discriminant(*value) == std::mem::discriminant(target))
        .collect();
    alike.get(from.checked_rem(alike.len())?).map(|value| (*value).clone())
}

/// The JSON pointers of every value inside `value`.
fn paths(value: &Value, path: &mut String, all: &mut Vec<String>) {
    let mut descend = |step: &str, inner: &Value| {
        let length = path.len();
        path.push('/');
        path.push_str(step);
        all.push(path.clone());
        paths(inner, path, all);
        path.truncate(length);
    };
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                descend(&index.to_string(), item);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                descend(&name.replace('~', "~0").replace('/', "~1"), field);
            }
        }
        _ => {}
    }
}
