package io.holdfast.payment.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import java.util.Map;
import java.util.Optional;

/** A way through a scenario: requests one after another, each under a key of its own. */
final class Flow {

  private final PaymentClient client;
  private final String name;
  private int steps;

  /** Of this name, which no other has. */
  Flow(PaymentClient client, String name) {
    this.client = client;
    this.name = name;
  }

  /** A request was refused, or has no answer: nothing follows after it. */
  static final class EndedException extends Exception {
    private static final long serialVersionUID = 1;

    private EndedException(String message) {
      super(message);
    }
  }

  /**
   * Asks for one thing and waits until it is done.
   *
   * @param caller who asks
   * @param path where
   * @param type of the operation there
   * @param scope the account or document that it is about
   * @param body what is not in the path
   * @return the answer
   * @throws EndedException if it is not done
   */
  JsonNode ask(String caller, String path, String type, String scope, Map<String, ?> body)
      throws InterruptedException, EndedException {
    IdempotencyKey key = new IdempotencyKey(name + "-" + ++steps);
    LoadRequest request =
        new LoadRequest(caller, path, type, scope, key, Json.write(body), Optional.empty());
    PaymentClient.Told told = client.send(request, System.nanoTime());
    if (told.verdict() != Verdict.DONE) {
      throw new EndedException(request + " was not done: " + told.verdict());
    }
    return Json.read(told.body().orElse("{}"), JsonNode.class);
  }
}
