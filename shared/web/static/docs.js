// Starts Swagger UI on the page of /docs; a file of its own because the pages allow no inline scripts.
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: true, validatorUrl: null });
