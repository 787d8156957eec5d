//! The list of services with resource control policies beside the catalogue.

use iamgate::iam_catalog::Catalog;
use iamgate::iam_policy::RCP_SERVICES;

/// Every service of the list has actions, and the catalogue knows of the same services that they support resource control policies.
#[test]
fn services_of_resource_control_policies_are_those_of_the_catalogue() {
    let catalog = Catalog::embedded().unwrap();
    let gone: Vec<&str> =
        RCP_SERVICES.into_iter().filter(|prefix| catalog.service(prefix).is_none()).collect();
    assert_eq!(gone, [""; 0], "services without actions in the catalogue of {}", catalog.date());
    let of_catalog: Vec<&str> = catalog
        .services()
        .filter(|service| service.supports_rcp())
        .map(iamgate::iam_catalog::Service::prefix)
        .collect();
    assert_eq!(RCP_SERVICES.to_vec(), of_catalog, "the catalogue of {}", catalog.date());
}
