"""Yiping (一屏): a command-and-dispatch console for town and city command centres."""

__version__ = "0.1.0"
