//! Whatever a host calls or implements (the operations of `Staffroom`, the free functions, the traits) has an example, or a link to
//! something that has one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{name, surface};

/// Operations, functions and traits without an example and without a link to one.
pub(super) fn faults(surface: &Value) -> BTreeSet<String> {
    let items: BTreeMap<u64, &Value> =
        surface::items(surface).filter_map(|item| Some((item["id"].as_u64()?, item))).collect();
    let with_examples: BTreeSet<u64> =
        items.iter().filter(|(_, item)| has_example(item)).map(|(id, _)| *id).collect();
    let links_to_one = |item: &Value| {
        let links = item["links"].as_object().into_iter().flatten();
        links.filter_map(|(_, id)| id.as_u64()).any(|id| with_examples.contains(&id))
    };
    let called = called(&items);
    let without =
        called.iter().filter_map(|id| items.get(id)).filter(|item| !has_example(item) && !links_to_one(item));
    without.map(|item| format!("  `{}` has neither an example nor a link to one", name(item))).collect()
}

fn has_example(item: &Value) -> bool {
    item["docs"].as_str().is_some_and(|docs| docs.contains("```"))
}

/// The ids of what a host calls or implements.
fn called(items: &BTreeMap<u64, &Value>) -> BTreeSet<u64> {
    let is_function = |id: &u64| items.get(id).is_some_and(|item| item["inner"]["function"].is_object());
    let mut called = BTreeSet::new();
    for (id, item) in items {
        let inner = &item["inner"];
        // What a module has itself, and what it takes from another.
        called.extend(ids(&inner["module"]["items"]).chain(inner["use"]["id"].as_u64()).filter(is_function));
        if inner["trait"].is_object() {
            called.insert(*id);
        }
        if inner["impl"]["trait"].is_null() && is_staffroom(&inner["impl"]["for"]) {
            called.extend(ids(&inner["impl"]["items"]));
        }
    }
    called
}

fn ids(list: &Value) -> impl Iterator<Item = u64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_u64)
}

fn is_staffroom(of: &Value) -> bool {
    let path = of["resolved_path"]["path"].as_str().unwrap_or_default();
    path.rsplit("::").next() == Some("Staffroom")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(docs: &str, links: &Value) -> Value {
        serde_json::json!({ "index": {
            "0": { "id": 0, "name": "core", "docs": "", "links": {}, "inner": { "module": { "items": [2, 3] } } },
            "1": { "id": 1, "name": "assess", "docs": docs, "links": links, "inner": { "function": {} } },
            "3": { "id": 3, "name": null, "docs": null, "links": {}, "inner": { "use": { "id": 1 } } },
            "2": { "id": 2, "name": "Plan", "docs": "```\nlet plan;\n```", "links": {}, "inner": { "struct": {} } },
        }})
    }

    #[test]
    fn an_example_or_a_link_to_one_will_do() {
        let none = serde_json::json!({});
        assert_eq!(faults(&surface("Assesses.", &none)).len(), 1);
        assert_eq!(faults(&surface("Assesses.\n```\nassess();\n```", &none)).len(), 0);
        assert_eq!(faults(&surface("See [`Plan`].", &serde_json::json!({ "`Plan`": 2 }))).len(), 0);
        assert_eq!(faults(&surface("See [`assess`].", &serde_json::json!({ "`assess`": 1 }))).len(), 1);
    }
}
