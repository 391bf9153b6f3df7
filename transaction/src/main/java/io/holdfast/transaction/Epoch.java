package io.holdfast.transaction;

import io.holdfast.coordination.Key;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One incarnation of a coordinator: the transactions of one {@link Transactions} under one session.
 *
 * <p>Its name is never used twice. While {@link #openKey} is there it may decide; closing it, once
 * and for all, settles everything that it has left undecided.
 *
 * @param generation of the namespace when it was opened
 * @param session the {@link io.holdfast.spi.Session#id} that it stands on
 * @param number tells apart the epochs of one session
 */
record Epoch(int generation, String session, int number) {

  static final Key OPEN = Key.of("txn", "open");
  static final Key CLOSED = Key.of("txn", "closed");
  static final Key DECISIONS = Key.of("txn", "decisions");

  /** The number of no transaction. */
  static final long ANNOUNCEMENT = 0;

  static final Key LOW = Key.of("txn", "low");

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,9})~([0-9A-Za-z_-]{1,80})\\.([0-9]{1,9})");

  /** Of names: by generation, session and number, and what is no epoch after all that are. */
  static final Comparator<String> BY_NUMBER =
      Comparator.comparing((String name) -> parse(name).isEmpty())
          .thenComparing(name -> parse(name).map(Epoch::generation).orElse(0))
          .thenComparing(name -> parse(name).map(Epoch::session).orElse(""))
          .thenComparing(name -> parse(name).map(Epoch::number).orElse(0))
          .thenComparing(Comparator.naturalOrder());

  Epoch {
    if (!FORM.matcher(generation + "~" + session + "." + number).matches()) {
      throw new IllegalArgumentException("not an epoch: " + session + ", " + number);
    }
  }

  static Optional<Epoch> parse(String name) {
    Matcher form = FORM.matcher(name);
    return form.matches()
        ? Optional.of(
            new Epoch(
                Integer.parseInt(form.group(1)), form.group(2), Integer.parseInt(form.group(3))))
        : Optional.empty();
  }

  /** One segment of a key, and a part of every branch's name. */
  String name() {
    return generation + "~" + session + "." + number;
  }

  /** There exactly as long as it may decide. */
  Key openKey() {
    return OPEN.child(name());
  }

  /** There from when it was closed until nobody needs to know any more. */
  Key closedKey() {
    return CLOSED.child(name());
  }

  /** Where its decisions are, each under its sequence number. */
  Key decisions() {
    return DECISIONS.child(name());
  }

  Key decision(long sequence) {
    return decisions().child(Long.toString(sequence));
  }

  /** What it has forgotten, see {@link DecisionPruner}. */
  Key lowKey() {
    return LOW.child(name());
  }

  /** There as long as the session lives in the cluster. */
  Key presence() {
    return Key.of("sessions", session);
  }

  @Override
  public String toString() {
    return name();
  }
}
