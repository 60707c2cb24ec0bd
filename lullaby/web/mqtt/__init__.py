"""What Home Assistant is offered by MQTT discovery: one device, which plays nights in a room."""
