"""What is taken out of AWS's answers before anything is hashed, kept or parsed: secrets, and what concerns people only.

Names are those on the wire (the SDK's models give them as `locationName`). `private.yaml` says what is read about people and why.
"""

from types import MappingProxyType

from integrations.transport.redaction import Form, Redaction, Table, drop, mask, only

DATABASE = "PendingModifiedValues.MasterUserPassword"


def _xml(*paths: str) -> Redaction:
    return mask(*paths, form=Form.XML)


REDACTIONS: Table = MappingProxyType(
    {
        # e-mail addresses of those who may prove a domain
        "acm:DescribeCertificate": drop(
            "Certificate.DomainValidationOptions[].ValidationEmails",
            "Certificate.RenewalSummary.DomainValidationOptions[].ValidationEmails",
        ),
        # headers that a distribution adds for its origin are how origins are told a shared secret
        "cloudfront:ListDistributions": _xml(
            "Items.DistributionSummary.Origins.Items.Origin.CustomHeaders.Items.OriginCustomHeader.HeaderValue"
        ),
        "ec2:DescribeInstances": drop("reservationSet.item.instancesSet.item.userData", form=Form.XML),
        "elbv2:DescribeListeners": _xml(
            "DescribeListenersResult.Listeners.member.DefaultActions.member.AuthenticateOidcConfig.ClientSecret"
        ),
        # command lines and identities of processes and actors
        "guardduty:GetFindings": drop("findings[].service.runtimeDetails", "findings[].service.detection.sequence.actors"),
        "identitystore:ListUsers": only("Users[]", "IdentityStoreId", "UserId", "UserName", "UserStatus", "Emails")
        + drop("Users[].Emails[!Primary]")
        + only("Users[].Emails[]", "Value", "Primary"),
        "lambda:ListFunctions": drop("Functions[].Environment.Variables", "Functions[].Environment.Error.Message"),
        "organizations:ListAccounts": drop("Accounts[].Email"),
        "rds:DescribeDBClusters": _xml(f"DescribeDBClustersResult.DBClusters.DBCluster.{DATABASE}"),
        "rds:DescribeDBInstances": _xml(f"DescribeDBInstancesResult.DBInstances.DBInstance.{DATABASE}"),
        "redshift:DescribeClusters": _xml(f"DescribeClustersResult.Clusters.Cluster.{DATABASE}"),
        # display names of owners of older accounts are the names of their e-mail addresses
        "s3:GetBucketAcl": drop("Owner.DisplayName", "AccessControlList.Grant.Grantee.DisplayName", form=Form.XML)
        + _xml("AccessControlList.Grant.Grantee.EmailAddress"),
        "s3:GetBucketLogging": drop("LoggingEnabled.TargetGrants", form=Form.XML),
        "s3:ListBuckets": drop("Owner.DisplayName", form=Form.XML),
        # addresses and phone numbers of those who are told of an alarm; addresses of pagers carry keys
        "sns:ListSubscriptionsByTopic": _xml("ListSubscriptionsByTopicResult.Subscriptions.member.Endpoint"),
        # rules hold what they look for, which may be a shared secret
        "wafv2:GetWebACLForResource": only("WebACL", "ARN", "Id", "Name", "DefaultAction", "ManagedByFirewallManager"),
    }
)
