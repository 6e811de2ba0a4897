"""Notebooks as JupyterLab wants them, so that opening one does not mark it as unsaved.

JupyterLab writes the kernel's language and version into a notebook as soon as it is open. The
course stores notebooks without versions, so each would be "unsaved" before the reader did
anything, and a saved one would differ in git by these lines alone. Here the running kernel's
words are put in when a notebook is read, and taken out again when it is written.
"""

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

STORED = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def is_ours(model: dict | None) -> bool:
    """Say whether a model is a notebook with its content, for the course's kernel."""
    if not model or model.get("type") != "notebook" or not model.get("content"):
        return False
    spec = model["content"].get("metadata", {}).get("kernelspec", {})
    return spec.get("name") == STORED["kernelspec"]["name"]


class CourseContents(AsyncLargeFileManager):
    """JupyterLab's usual files, with the two entries filled in and taken out."""

    async def get(self, path, content=True, type=None, format=None, require_hash=False):
        """Read a file; a notebook comes with the running kernel's metadata."""
        model = await super().get(path, content, type, format, require_hash)
        if is_ours(model):
            model["content"]["metadata"].update(self.running())
        return model

    async def save(self, model, path=""):
        """Write a file; a notebook is stored as the course stores it."""
        if is_ours(model):
            model["content"]["metadata"].update(STORED)
        return await super().save(model, path)

    def running(self) -> dict:
        """Return the metadata that JupyterLab would write for the course's kernel."""
        name = STORED["kernelspec"]["name"]
        specs = getattr(self.parent, "kernel_spec_manager", None) or KernelSpecManager()
        try:
            spec = specs.get_kernel_spec(name)
        except NoSuchKernel:
            return {}
        return {
            "kernelspec": {
                "display_name": spec.display_name,
                "language": spec.language,
                "name": name,
            },
            "language_info": dict(IPythonKernel.language_info),
        }
