package io.holdfast.payment.old;

import io.holdfast.payment.ledger.AccountId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Something a client may ask of the ledger. Checked in form; whether it can be done, it says. */
public sealed interface Instruction permits OpenAccount, Transfer {

  /** Whose shard executes it: the debtor's, or that of the account to open. */
  AccountId account();

  /** Every field, in a form that differs whenever two instructions differ. */
  String canonical();

  /** SHA-256 of {@link #canonical}: tells a retry from another request under the same key. */
  default byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(canonical().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
