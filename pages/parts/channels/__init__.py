"""The parts of the page of notification channels."""
