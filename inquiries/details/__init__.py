"""Medical details that a patient may add: questions, forms, pages. Shown to people; no rule reads them (ADR 0003)."""
