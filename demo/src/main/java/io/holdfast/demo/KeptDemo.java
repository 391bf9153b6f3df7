package io.holdfast.demo;

import io.holdfast.payment.ledger.Role;
import io.holdfast.registry.RegisteredInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A demo that goes on after its audit, for people to try it. */
final class KeptDemo {

  private static final String CUSTOMER = "me";
  private static final String OPERATOR = "olga";

  /** Approves what the first one proposes. */
  private static final String SECOND_OPERATOR = "otto";

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;
  private int keys;

  KeptDemo(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /** Says how to reach it, and waits until the JVM is ended. */
  void run() throws InterruptedException, IOException {
    demo.credentials()
        .add(
            Map.of(
                CUSTOMER, Role.CUSTOMER, OPERATOR, Role.OPERATOR, SECOND_OPERATOR, Role.OPERATOR));
    Path customer = demo.credentials().keyFile(CUSTOMER);
    Path operator = demo.credentials().keyFile(OPERATOR);
    Path second = demo.credentials().keyFile(SECOND_OPERATOR);
    printer.say("");
    printer.say("everything goes on until Ctrl-C:");
    List<String> nodes = new ArrayList<>();
    for (RegisteredInstance each : demo.view().snapshot().instances()) {
      String at = "https://" + each.instance().address("https").orElse("?");
      nodes.add(at);
      printer.say("  %s at %s", each.instance().id(), at);
    }
    printer.say("  acquirer at %s", demo.acquirer().uri());
    demo.ledger()
        .databases()
        .forEach((name, database) -> printer.say("  database %s at %s", name, database.url()));
    printer.say("  coordination at %s", demo.cluster().uri());
    printer.say("  the nodes' authority in %s", demo.credentials().authority());
    printer.say(
        "  API keys of a customer in %s, of two operators in %s and %s",
        customer, operator, second);
    String any = nodes.isEmpty() ? "" : nodes.get(0);
    curl(any, customer, operator);
    funding(any, operator, second);
    printer.say("  %s %s/accounts/mine", curl(customer), any);
    commands(String.join(",", nodes), operator);
    new CountDownLatch(1).await();
  }

  private void curl(String any, Path customer, Path operator) {
    printer.say("try, at any node:");
    printer.say("  %s %s/ready", curl(), any);
    printer.say("  %s %s/metrics", curl(operator), any);
    printer.say("  %s %s/shards", curl(operator), any);
    post(
        any, "/accounts", operator, "{\"account\":\"mine\",\"owner\":\"me\",\"currency\":\"EUR\"}");
    post(
        any,
        "/topups",
        customer,
        "{\"account\":\"mine\",\"amount\":5000,\"currency\":\"EUR\",\"card\":\"tok_card1\"}");
  }

  /** One operator proposes, and the other one repeats the whole request to approve it. */
  private void funding(String any, Path operator, Path second) {
    String money = "\"amount\":1000,\"currency\":\"EUR\",\"reason\":\"cash\"";
    printer.say(
        "  APPROVAL=$(%s | sed 's/.*\"approval\":\"\\([^\"]*\\)\".*/\\1/')",
        request(any, "/accounts/mine/funding", operator, "{" + money + "}"));
    post(
        any,
        "/approvals/$APPROVAL/approve",
        second,
        "{\"operation\":\"fund\",\"request\":{\"account\":\"mine\"," + money + "}}");
  }

  private String curl() {
    return "curl -s --cacert " + demo.credentials().authority();
  }

  /** In the name of whoever has this key. */
  private String curl(Path key) {
    return curl() + " -H \"Authorization: Bearer $(cat " + key + ")\"";
  }

  private void commands(String nodes, Path operator) {
    String databases =
        demo.ledger().databases().values().stream()
            .map(database -> "--db '" + database.url() + "'")
            .collect(Collectors.joining(" "));
    String to =
        "--to %s --key-file %s --tls-ca %s"
            .formatted(nodes, operator, demo.credentials().authority());
    printer.say("  holdfast shards list %s", to);
    printer.say("  holdfast shards move 0 b %s", to);
    printer.say("  holdfast callers list --connect '%s'", demo.cluster().uri());
    printer.say("  holdfast services list --connect '%s'", demo.cluster().uri());
    printer.say("  holdfast locks list --connect '%s'", demo.cluster().uri());
    printer.say(
        "  HOLDFAST_DB_USER=%s HOLDFAST_DB_PASSWORD=%s HOLDFAST_ACQUIRER_KEY=%s holdfast reconcile"
            + " --day %s --acquirer %s %s",
        LedgerServer.USER,
        LedgerServer.PASSWORD,
        AcquirerProcess.KEY,
        LocalDate.now(ZoneOffset.UTC),
        demo.acquirer().uri(),
        databases);
  }

  private void post(String address, String path, Path key, String body) {
    printer.say("  %s", request(address, path, key, body));
  }

  /** Under a key of its own. */
  private String request(String address, String path, Path key, String body) {
    return "%s -H 'Idempotency-Key: %d' -H 'Content-Type: application/json' -d '%s' %s%s"
        .formatted(curl(key), ++keys, body, address, path);
  }
}
