package io.holdfast.transaction;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a transaction, for ever and everywhere.
 *
 * @param domain which namespace of which cluster decides on it: a random name that the namespace
 *     was given once, so that two namespaces may use one database
 * @param epoch whose it is
 * @param sequence its number there, from 1
 * @param decider the participant that keeps the decision; empty if the cluster does; several,
 *     joined by {@code +} or {@code ~}, if they decide together, see {@link DecisionPlace}
 */
public record TransactionId(String domain, String epoch, long sequence, Optional<String> decider) {

  private static final Pattern FORM =
      Pattern.compile(
          "([0-9a-z]{4,20}):([0-9A-Za-z~._-]{1,110}):([0-9]{1,18})(?:@([a-z0-9][a-z0-9+~-]{0,62}))?");

  public TransactionId {
    String text = text(domain, epoch, sequence, decider);
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a transaction: " + text);
    }
  }

  /** Reads what {@link #toString} gave; empty if it is anything else. */
  public static Optional<TransactionId> parse(String text) {
    Objects.requireNonNull(text, "text");
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(
            new TransactionId(
                form.group(1),
                form.group(2),
                Long.parseLong(form.group(3)),
                Optional.ofNullable(form.group(4))))
        : Optional.empty();
  }

  /** One of its branches. */
  public BranchId branch(int index) {
    return new BranchId(this, index);
  }

  /** At most 190 characters, of ASCII without blanks, quotes and slashes. */
  @Override
  public String toString() {
    return text(domain, epoch, sequence, decider);
  }

  private static String text(String domain, String epoch, long sequence, Optional<String> decider) {
    return domain + ":" + epoch + ":" + sequence + decider.map(name -> "@" + name).orElse("");
  }
}
