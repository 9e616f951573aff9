"""Live properties in CloudFormation's names, a module a group of services, in bulk where AWS lets us."""
