"""The only room that knows Flask: application, routes, errors as answers, the server for one desk."""
