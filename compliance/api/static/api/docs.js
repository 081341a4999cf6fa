// Draws the API's description. The address of the schema stands on the element.
const place = document.getElementById("api");
window.SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, persistAuthorization: false, validatorUrl: null });
