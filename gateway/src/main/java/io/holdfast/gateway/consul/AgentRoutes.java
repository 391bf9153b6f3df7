package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Consumer;

/** The gateway as the agent of all its clients. */
final class AgentRoutes {

  private final ServiceFeed feed;
  private final AgentServices services;
  private final Answers answers;
  private final ConsulJson json;
  private final String bind;

  AgentRoutes(
      ServiceFeed feed, AgentServices services, Answers answers, ConsulJson json, String bind) {
    this.feed = feed;
    this.services = services;
    this.answers = answers;
    this.json = json;
    this.bind = bind;
  }

  void add(Router router) {
    router.get("/v1/agent/self").handler(context -> Answers.json(context, json.self(bind)));
    router.get("/v1/agent/members").handler(this::members);
    router.get("/v1/agent/services").handler(known(this::services));
    router.get("/v1/agent/checks").handler(known(this::checks));
    router.get("/v1/agent/service/:id").handler(known(this::service));
    router.put("/v1/agent/service/register").handler(writing(this::register));
    router
        .put("/v1/agent/service/deregister/:id")
        .handler(
            writing(
                context -> Answers.done(context, services.deregister(context.pathParam("id")))));
    router.put("/v1/agent/service/maintenance/:id").handler(writing(this::maintain));
    report(router, "pass", CheckStatus.PASSING);
    report(router, "warn", CheckStatus.WARNING);
    report(router, "fail", CheckStatus.CRITICAL);
    router.put("/v1/agent/check/update/:id").handler(writing(this::update));
  }

  /** Before the store has named the services, no id is unknown. */
  private Handler<RoutingContext> known(Handler<RoutingContext> handler) {
    return context -> {
      if (feed.isReady()) {
        handler.handle(context);
      } else {
        Answers.noLeader(context);
      }
    };
  }

  private Handler<RoutingContext> writing(Consumer<RoutingContext> handler) {
    return known(answers.forWriters(handler));
  }

  private void report(Router router, String word, CheckStatus status) {
    router
        .put("/v1/agent/check/" + word + "/:id")
        .handler(
            writing(
                context -> {
                  String note = context.request().getParam("note", "");
                  Answers.done(context, services.report(context.pathParam("id"), status, note));
                }));
  }

  private void update(RoutingContext context) {
    JsonNode body = ServiceDefinition.parse(bytes(context));
    CheckStatus status =
        CheckStatus.of(ServiceDefinition.text(body, "Status"))
            .orElseThrow(() -> new BadRequestException("Invalid check status"));
    String output = ServiceDefinition.text(body, "Output");
    Answers.done(context, services.report(context.pathParam("id"), status, output));
  }

  private static byte[] bytes(RoutingContext context) {
    Buffer body = context.body().buffer();
    return body == null ? new byte[0] : body.getBytes();
  }

  private void register(RoutingContext context) {
    String from = context.request().remoteAddress().hostAddress();
    Answers.done(context, services.register(ServiceDefinition.read(bytes(context), from)));
  }

  private void maintain(RoutingContext context) {
    String enable = context.request().getParam("enable", "");
    if (!enable.equals("true") && !enable.equals("false")) {
      throw new BadRequestException("Missing value for enable");
    }
    String reason = context.request().getParam("reason", "");
    Optional<String> why =
        enable.equals("true")
            ? Optional.of(reason.isEmpty() ? "Maintenance mode is enabled" : reason)
            : Optional.empty();
    Answers.done(context, services.maintain(context.pathParam("id"), why));
  }

  private void members(RoutingContext context) {
    ArrayNode members = ConsulJson.MAPPER.createArrayNode();
    Answers.json(context, members.add(json.self(bind).get("Member")));
  }

  private void services(RoutingContext context) {
    ObjectNode all = ConsulJson.MAPPER.createObjectNode();
    services
        .all()
        .forEach(
            (id, shown) ->
                feed.service(shown.instance().service())
                    .ifPresent(state -> all.set(id, json.service(state, shown, "Service"))));
    Answers.json(context, all);
  }

  private void checks(RoutingContext context) {
    ObjectNode all = ConsulJson.MAPPER.createObjectNode();
    services
        .all()
        .forEach(
            (id, shown) ->
                feed.service(shown.instance().service())
                    .ifPresent(
                        state ->
                            json.checks(state, shown)
                                .forEach(check -> all.set(check.path("CheckID").asText(), check))));
    Answers.json(context, all);
  }

  private void service(RoutingContext context) {
    String id = context.pathParam("id");
    Optional<ConsulInstance> shown = services.find(id);
    Optional<ServiceState> state = shown.flatMap(one -> feed.service(one.instance().service()));
    if (shown.isEmpty() || state.isEmpty()) {
      Answers.text(context, 404, "unknown service ID: " + id);
      return;
    }
    Answers.json(context, json.service(state.get(), shown.get(), "Service"));
  }
}
