package io.holdfast.payment.http;

import io.holdfast.payment.ledger.LedgerIdentity;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Proves to each other that both ends of a forward are nodes of the same ledger.
 *
 * <p>A forward carries a random number of its own and a signature over it and the request; its
 * answer carries a signature over the same number and the answer. So neither a node of another
 * ledger that has taken over a port, nor a registration that somebody made up, nor a client can
 * speak as an owner. Which owner is the right one, the ledger's fence decides.
 */
final class ForwardProof {

  private static final int NONCE_BYTES = 16;

  private final LedgerIdentity ledger;
  private final SecureRandom random = new SecureRandom();

  ForwardProof(LedgerIdentity ledger) {
    this.ledger = ledger;
  }

  /** A number for one forward. */
  String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** For a forward of this body to this path. */
  String ofRequest(String nonce, String key, String caller, String path, String body) {
    return ledger.sign("request", nonce, key, caller, path, body);
  }

  boolean provesRequest(
      String proof, String nonce, String key, String caller, String path, String body) {
    return ledger.verify(proof, "request", nonce, key, caller, path, body);
  }

  /** For the answer to the forward with this number. */
  String ofAnswer(String nonce, Answer answer) {
    return ledger.sign(parts(nonce, answer));
  }

  boolean provesAnswer(String proof, String nonce, Answer answer) {
    return ledger.verify(proof, parts(nonce, answer));
  }

  private static String[] parts(String nonce, Answer answer) {
    return new String[] {
      "answer",
      nonce,
      Integer.toString(answer.status()),
      answer.replay().name(),
      answer.contentType(),
      answer.body().toString()
    };
  }
}
