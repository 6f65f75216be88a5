"""The window: Qt and pyqtgraph. What is trained and measured lives in `engine`."""
