package io.holdfast.demo;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A demo that goes on after its audit, for people to try it. */
final class KeptDemo {

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;
  private int keys;

  KeptDemo(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /** Says how to reach it, and waits until the JVM is ended. */
  void run() throws InterruptedException {
    printer.say("");
    printer.say("everything goes on until Ctrl-C:");
    List<String> nodes = new ArrayList<>();
    for (RegisteredInstance each : demo.view().snapshot().instances()) {
      String at = "http://" + each.instance().address(ServiceInstance.HTTP).orElse("?");
      nodes.add(at);
      printer.say("  %s at %s", each.instance().id(), at);
    }
    printer.say("  acquirer at %s", demo.acquirer().uri());
    demo.ledger()
        .databases()
        .forEach((name, database) -> printer.say("  database %s at %s", name, database.url()));
    printer.say("  coordination at %s", demo.cluster().uri());
    curl(nodes.isEmpty() ? "" : nodes.get(0));
    commands(String.join(",", nodes));
    new CountDownLatch(1).await();
  }

  private void curl(String any) {
    printer.say("try, at any node; whoever you say that you are, you are:");
    printer.say("  curl %s/ready", any);
    printer.say("  curl -H 'Authorization: Bearer me' %s/shards", any);
    printer.say("  curl -H 'Authorization: Bearer me' %s/metrics", any);
    post(any, "/accounts", "{\"account\":\"mine\",\"owner\":\"me\",\"currency\":\"EUR\"}");
    post(
        any,
        "/topups",
        "{\"account\":\"mine\",\"amount\":5000,\"currency\":\"EUR\",\"card\":\"tok_card1\"}");
    printer.say("  curl -H 'Authorization: Bearer me' %s/accounts/mine", any);
  }

  private void commands(String nodes) {
    String databases =
        demo.ledger().databases().values().stream()
            .map(database -> "--db '" + database.url() + "'")
            .collect(Collectors.joining(" "));
    printer.say("  holdfast shards list --to %s", nodes);
    printer.say("  holdfast shards move 0 b --to %s", nodes);
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

  /** Under a key of its own. */
  private void post(String address, String path, String body) {
    printer.say(
        "  curl -H 'Authorization: Bearer me' -H 'Idempotency-Key: %d' -H 'Content-Type:"
            + " application/json' -d '%s' %s%s",
        ++keys, body, address, path);
  }
}
