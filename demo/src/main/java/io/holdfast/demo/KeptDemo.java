package io.holdfast.demo;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.util.concurrent.CountDownLatch;

/** A demo that goes on after its audit, for people to try it. */
final class KeptDemo {

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;

  KeptDemo(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /** Says how to reach it, and waits until the JVM is ended. */
  void run() throws InterruptedException {
    printer.say("");
    printer.say("everything goes on until Ctrl-C:");
    String any = "";
    for (RegisteredInstance each : demo.view().snapshot().instances()) {
      any = "http://" + each.instance().address(ServiceInstance.HTTP).orElse("?");
      printer.say("  %s at %s", each.instance().id(), any);
    }
    printer.say("  acquirer at %s", demo.acquirer().uri());
    demo.ledger()
        .databases()
        .forEach((name, database) -> printer.say("  database %s at %s", name, database.url()));
    printer.say("  coordination at %s", demo.cluster().uri());
    printer.say("try, at any node; whoever you say that you are, you are:");
    printer.say("  curl %s/ready", any);
    printer.say("  curl %s/shards", any);
    printer.say("  curl %s/metrics", any);
    post(any, "/accounts", "{\"account\":\"mine\",\"owner\":\"me\",\"currency\":\"EUR\"}");
    post(
        any,
        "/topups",
        "{\"account\":\"mine\",\"amount\":5000,\"currency\":\"EUR\",\"card\":\"tok_card1\"}");
    printer.say("  curl -H 'Authorization: Bearer me' %s/accounts/mine", any);
    new CountDownLatch(1).await();
  }

  private void post(String address, String path, String body) {
    printer.say(
        "  curl -H 'Authorization: Bearer me' -H 'Idempotency-Key: 1' -H 'Content-Type:"
            + " application/json' -d '%s' %s%s",
        body, address, path);
  }
}
