"""The shop's page: a private bucket behind CloudFront, which serves the APIs under the same address."""

from collections.abc import Mapping

import names
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

PAGE = "/index.html"
# Everything that the page is made of comes from where it comes from.
CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class Frontend(Construct):
    """One address for the page, the catalogue (a Function URL) and the REST API."""

    def __init__(
        self, scope: Construct, construct_id: str, *, products: lambda_.FunctionUrl, api: apigateway.RestApi
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=names.FRONTEND_BUCKET,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self._headers = self._security_headers()
        page = origins.S3BucketOrigin.with_origin_access_control(self.bucket, origin_access_control=self._access())
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="ShopFast",
            default_root_object=PAGE.removeprefix("/"),
            default_behavior=cloudfront.BehaviorOptions(
                origin=page,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                response_headers_policy=self._headers,
            ),
            additional_behaviors=self._apis(products, origins.RestApiOrigin(api)),
            # Addresses within the page are no objects. A bucket that may not be listed answers 403 for those, which
            # the APIs do for nothing that the page asks: their own 404 has to stay.
            error_responses=[
                cloudfront.ErrorResponse(
                    http_status=403, response_http_status=200, response_page_path=PAGE, ttl=Duration.seconds(0)
                )
            ],
        )

    @property
    def url(self) -> str:
        """Where the shop is."""
        return f"https://{self.distribution.distribution_domain_name}"

    def _apis(self, products: lambda_.FunctionUrl, api: cloudfront.IOrigin) -> Mapping[str, cloudfront.BehaviorOptions]:
        return {
            "/products*": self._api(origins.FunctionUrlOrigin(products)),
            "/orders*": self._api(api, cloudfront.AllowedMethods.ALLOW_ALL),
            "/inventory*": self._api(api),
        }

    def _api(
        self, origin: cloudfront.IOrigin, methods: cloudfront.AllowedMethods | None = None
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=methods or cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # with every header of the browser, whatever the services come to understand
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            response_headers_policy=self._headers,
        )

    def _access(self) -> cloudfront.S3OriginAccessControl:
        return cloudfront.S3OriginAccessControl(self, "Access", origin_access_control_name=names.FRONTEND)

    def _security_headers(self) -> cloudfront.ResponseHeadersPolicy:
        frames = cloudfront.HeadersFrameOption.DENY
        referrer = cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=names.FRONTEND,
            comment="What browsers may do with the shop's page",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=CONTENT_SECURITY, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(frame_option=frames, override=True),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(referrer_policy=referrer, override=True),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), include_subdomains=True, override=True
                ),
            ),
        )
