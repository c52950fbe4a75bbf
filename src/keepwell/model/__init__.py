"""What a health model may say: types, YAML with file and line, expressions, checks of the model itself.

No data access.
"""

from keepwell.model.load import Loaded, load_model, load_text, shipped_models
from keepwell.model.model import Model
from keepwell.model.schema import model_schema
from keepwell.model.tables import Column, Entity, IdColumn, Ids, Table

__all__ = [
    "Column",
    "Entity",
    "IdColumn",
    "Ids",
    "Loaded",
    "Model",
    "Table",
    "load_model",
    "load_text",
    "model_schema",
    "shipped_models",
]
