"""What the facts and the scores say about the business."""
