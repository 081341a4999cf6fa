"""Instances, volumes, load balancers, functions, clusters, images and scaling groups."""

import io
import zipfile
from typing import Any

from moto.autoscaling.models import autoscaling_backends

from integrations.sandbox.aws.estate.site import Site, naive, tags

IMAGE = "ami-0f3f1d2c4b5a69788"
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


def build(site: Site) -> None:
    """Everything that runs."""
    for name, wanted in site.plan["instances"].items():
        _instance(site, name, wanted)
    _firewall_of_the_web(site)
    for name, wanted in site.plan["load_balancers"].items():
        _load_balancer(site, name, wanted)
    for name, wanted in site.plan["functions"].items():
        _function(site, name, wanted)
    for name, wanted in site.plan["clusters"].items():
        _cluster(site, name, wanted)
    for region, repositories in site.plan["repositories"].items():
        for name, scanned in repositories.items():
            scanning = {"scanOnPush": scanned}
            ecr = site.client("ecr", region)
            ecr.create_repository(repositoryName=name, imageScanningConfiguration=scanning, imageTagMutability="IMMUTABLE")
    for name, wanted in site.plan["scaling_groups"].items():
        _scaling_group(site, name, wanted)


def _instance(site: Site, name: str, wanted: dict[str, Any]) -> None:
    region = site.region_of(wanted["network"])
    ec2 = site.client("ec2", region)
    encrypted = not wanted.get("unencrypted_volume", False)
    made = ec2.run_instances(
        ImageId=IMAGE,
        InstanceType="t4g.medium",
        MinCount=1,
        MaxCount=1,
        SubnetId=site.made[f"subnet:{wanted['network']}:0"],
        SecurityGroupIds=[site.made[f"firewall:{wanted['firewall']}"]],
        MetadataOptions={"HttpTokens": "optional" if wanted.get("imdsv1") else "required", "HttpEndpoint": "enabled"},
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 40, "Encrypted": encrypted, "VolumeType": "gp3"}}],
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags({"Name": name, "env": wanted["env"]})}],
    )["Instances"][0]["InstanceId"]
    site.made[f"instance:{name}"] = made
    extras = site.extras(region)
    if wanted.get("unmanaged"):
        return
    extras.managed_instances.append(
        {
            "InstanceId": made,
            "PingStatus": "Online",
            "AgentVersion": "3.3.1142.0",
            "PlatformType": "Linux",
            "PlatformName": "Amazon Linux",
            "ResourceType": "EC2Instance",
        }
    )
    extras.patch_states.append(patch_state(site, made))


def patch_state(site: Site, instance: str, *, critical: int = 0) -> dict[str, Any]:
    """What the patch scan of now says about an instance."""
    return {
        "InstanceId": instance,
        "PatchGroup": "linux",
        "BaselineId": "pb-0c10e65780EXAMPLE",
        "OperationStartTime": naive(site.now),
        "OperationEndTime": naive(site.now),
        "Operation": "Scan",
        "InstalledCount": 212,
        "MissingCount": critical,
        "FailedCount": 0,
        "CriticalNonCompliantCount": critical,
        "SecurityNonCompliantCount": critical,
        "OtherNonCompliantCount": 0,
    }


def set_patches(site: Site, name: str, *, critical: int) -> None:
    """The latest scan of an instance finds so many critical patches missing."""
    states = site.extras(site.region_of(site.plan["instances"][name]["network"])).patch_states
    instance = site.made[f"instance:{name}"]
    states[:] = [state for state in states if state["InstanceId"] != instance] + [patch_state(site, instance, critical=critical)]


def _firewall_of_the_web(site: Site) -> None:
    for region in {site.region_of(wanted["network"]) for wanted in site.plan["load_balancers"].values() if wanted["waf"]}:
        made = site.client("wafv2", region).create_web_acl(
            Name="edge",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig={"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "edge"},
            Rules=[],
        )
        site.made[f"acl:{region}"] = made["Summary"]["ARN"]


def _load_balancer(site: Site, name: str, wanted: dict[str, Any]) -> None:
    region = site.region_of(wanted["network"])
    elb = site.client("elbv2", region)
    arn = elb.create_load_balancer(
        Name=name,
        Subnets=[site.made[f"subnet:{wanted['network']}:{number}"] for number in range(2)],
        SecurityGroups=[site.made[f"firewall:{wanted['firewall']}"]],
        Scheme=wanted["scheme"],
        Type="application",
        Tags=tags({"env": "staging" if "staging" in name else "prod"}),
    )["LoadBalancers"][0]["LoadBalancerArn"]
    site.made[f"load_balancer:{name}"] = arn
    target = elb.create_target_group(
        Name=f"{name}-targets", Protocol="HTTP", Port=8080, VpcId=site.made[f"network:{wanted['network']}"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = {"Type": "forward", "TargetGroupArn": target}
    certificate = next((domain for domain, one in site.plan["certificates"].items() if one["for"] == name), None)
    if wanted["https"] and certificate:
        elb.create_listener(
            LoadBalancerArn=arn,
            Protocol="HTTPS",
            Port=443,
            SslPolicy=TLS_POLICY,
            Certificates=[{"CertificateArn": site.made[f"certificate:{certificate}"]}],
            DefaultActions=[forward],
        )
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    if wanted["redirect"] or wanted["scheme"] == "internet-facing":
        action = redirect if wanted["redirect"] else forward
        elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[action])
    logs = {"access_logs.s3.enabled": str(wanted["logs"]).lower(), "access_logs.s3.bucket": "fernhill-access-logs"}
    if wanted["logs"]:
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value} for key, value in logs.items()])
    if wanted["waf"]:
        site.client("wafv2", region).associate_web_acl(WebACLArn=site.made[f"acl:{region}"], ResourceArn=arn)


def set_redirect(site: Site, name: str, *, on: bool) -> None:
    """The plain listener of a load balancer redirects to HTTPS, or serves."""
    region = site.region_of(site.plan["load_balancers"][name]["network"])
    elb, arn = site.client("elbv2", region), site.made[f"load_balancer:{name}"]
    listener = next(one for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"] if one["Port"] == 80)
    target = elb.describe_target_groups(Names=[f"{name}-targets"])["TargetGroups"][0]["TargetGroupArn"]
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    action = redirect if on else {"Type": "forward", "TargetGroupArn": target}
    elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[action])


def _function(site: Site, name: str, wanted: dict[str, Any]) -> None:
    client = site.client("lambda", wanted["region"])
    client.create_function(
        FunctionName=name,
        Runtime=wanted["runtime"],
        Role=site.made["role:lambda-runtime"],
        Handler="main.handler",
        Code={"ZipFile": _archive()},
        Tags={"env": "prod"},
    )
    if "url" in wanted:
        client.create_function_url_config(FunctionName=name, AuthType=wanted["url"])


def remove_function_url(site: Site, name: str) -> None:
    """A function is no longer reachable by its own address."""
    site.client("lambda", site.plan["functions"][name]["region"]).delete_function_url_config(FunctionName=name)


def _archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("main.py"), "def handler(event, context):\n    return event\n")
    return held.getvalue()


def _cluster(site: Site, name: str, wanted: dict[str, Any]) -> None:
    encryption = {"encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": site.made["key:secrets"]}}]}
    site.client("eks", site.region_of(wanted["network"])).create_cluster(
        name=name,
        version="1.30",
        roleArn=site.made["role:eks-cluster"],
        resourcesVpcConfig={
            "subnetIds": [site.made[f"subnet:{wanted['network']}:{number}"] for number in range(2)],
            "endpointPublicAccess": wanted["public"],
            "endpointPrivateAccess": True,
            **({"publicAccessCidrs": ["0.0.0.0/0"]} if wanted["public"] else {}),
        },
        logging={"clusterLogging": [{"types": wanted["logs"], "enabled": True}]},
        tags={"env": name},
        **(encryption if wanted["encrypted"] else {}),
    )


def _scaling_group(site: Site, name: str, wanted: dict[str, Any]) -> None:
    region = site.region_of(wanted["network"])
    site.client("ec2", region).create_launch_template(
        LaunchTemplateName=f"{name}-template", LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t4g.medium"}
    )
    site.client("autoscaling", region).create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": f"{name}-template", "Version": "1"},
        MinSize=0,
        MaxSize=6,
        DesiredCapacity=0,
        VPCZoneIdentifier=",".join(site.made[f"subnet:{wanted['network']}:{number}"] for number in range(wanted["zones"])),
        Tags=[{"Key": "env", "Value": wanted["env"], "PropagateAtLaunch": True}],
    )
    held = autoscaling_backends[site.sandbox.account][region].autoscaling_groups[name]
    held.created_time = naive(site.ago(500)).isoformat()
