"""A delivery stream that does not deliver."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import DELIVERY_STREAM, Resource

LONGEST = 900  # seconds that a delivery stream may buffer (Firehose: alarm when a record is older)
# The metrics' prefix by the property that declares the destination; the others have no age.
DESTINATIONS = {
    "S3DestinationConfiguration": "S3",
    "ExtendedS3DestinationConfiguration": "S3",
    "AmazonopensearchserviceDestinationConfiguration": "AmazonOpenSearchService",
    "AmazonOpenSearchServerlessDestinationConfiguration": "AmazonOpenSearchServerless",
    "SplunkDestinationConfiguration": "Splunk",
    "HttpEndpointDestinationConfiguration": "HttpEndpoint",
    "IcebergDestinationConfiguration": "Iceberg",
}


class DeliveryStreamAge:
    """The oldest record of a delivery stream is older than its buffer: the destination does not take it."""

    id = "delivery-stream-age"
    title = "A delivery stream does not deliver"
    first = (
        "Read the stream's error log; see that the destination exists and that the role of the stream may write to it."
    )
    resource_type = DELIVERY_STREAM

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the age of the oldest record, above the longest time that a stream may buffer."""
        to = next((said for name, said in DESTINATIONS.items() if resource.properties.get(name)), "")
        if not to:
            return NotNeeded(resource.name, self.id, "AWS publishes no age for its destination, or none is known")
        on = {"DeliveryStreamName": naming.name(resource)}
        watched = single("AWS/Firehose", f"DeliveryTo{to}.DataFreshness", "Maximum", on)
        because = f"Records of {resource.name} are not delivered for more than {LONGEST} s."
        return define(self, resource, because, {**watched, **firing(LONGEST)})


KIND = DeliveryStreamAge()
