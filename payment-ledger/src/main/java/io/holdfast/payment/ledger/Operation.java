package io.holdfast.payment.ledger;

import java.util.Optional;
import java.util.Set;

/**
 * One kind of request: how it is read, where it is asked for, and what it comes to. A scenario is a
 * few of these; the ledger does the rest, see {@link Scenario}.
 *
 * @param <R> the request: a record whose constructor checks form, by {@link
 *     IllegalArgumentException} with a message for the client. It is read from JSON as {@link Json}
 *     does
 */
public interface Operation<R extends Record> {

  /** Its name, lower case with dashes; in the database, never changed. */
  String type();

  /** What it is read into. */
  Class<R> request();

  /** Where it is asked for. */
  Route route();

  /** Who may ask; one of these roles is enough. Whose account it is, the plan checks. */
  Set<Role> roles();

  /** What it is about; of the shard that executes it. */
  Scope scope(R request);

  /** What the plan looks at. */
  Reads reads(R request);

  /**
   * Says what is to be done. Pure: decided by the request and the books alone, for it may be called
   * several times and only one of the plans is carried out. Must not block.
   *
   * @throws RefusedException to refuse for good
   */
  Plan plan(R request, Books books);

  /** What {@link Plan#answer} is given, for clients' documentation; empty says nothing about it. */
  default Optional<Class<? extends Record>> answer() {
    return Optional.empty();
  }

  /**
   * What the client is told when it is done, the first time and at each retry: the plan's answer as
   * it was stored, or that and what must not be stored, such as a secret derived from it. Pure.
   *
   * @param stored JSON
   * @return JSON
   */
  default String answered(String stored) {
    return stored;
  }

  /**
   * Whether nobody can have it done alone: a first operator proposes, and it is executed when
   * another one approves.
   */
  default boolean needsTwoOperators() {
    return false;
  }
}
