"""How files that are sent are kept until they are read."""

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TemporaryFiles(TemporaryFileUploadHandler):
    """Files on the disk; one for which there is no room is let go at once."""

    def receive_data_chunk(self, raw_data, start):
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError:
            # What was not written yet cannot be written now either.
            with suppress(OSError):
                self.upload_interrupted()
            raise
