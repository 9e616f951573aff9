import io

import boto3
from PIL import Image

s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
        if key.startswith("small/"):
            continue
        picture = Image.open(s3.get_object(Bucket=bucket, Key=key)["Body"])
        picture.thumbnail((256, 256))
        out = io.BytesIO()
        picture.save(out, "PNG")
        s3.put_object(Bucket=bucket, Key=f"small/{key}", Body=out.getvalue())
        print("resized", key)
