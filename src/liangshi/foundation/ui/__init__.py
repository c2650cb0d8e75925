"""The design system: shell, components, forms, tables, charts. README.md beside this file shows each."""
