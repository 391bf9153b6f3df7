package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * A kind of document: a payment, a loan, a request for money.
 *
 * @param name how its ids begin, 2 to 16 of {@code a-z}; in the database, never changed
 * @param type the record that its body is
 * @param collection where clients read them, such as {@code /payments}; then {@code /payments/{id}}
 *     is one
 * @param readers who may read them
 */
public record DocumentKind<T extends Record>(
    String name, Class<T> type, String collection, Readers readers) {

  /** Who may read the documents of a kind. */
  public enum Readers {
    /** Operators and auditors, and the owners of the document's two accounts. */
    OWNERS,
    /** Operators and auditors. */
    OPERATORS
  }

  private static final Pattern NAME = Pattern.compile("[a-z]{2,16}");
  private static final Pattern COLLECTION = Pattern.compile("/[a-z-]+");

  public DocumentKind {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a kind is 2 to 16 of a-z, not '" + name + "'");
    }
    if (!COLLECTION.matcher(collection).matches()) {
      throw new IllegalArgumentException("a collection is such as /payments, not " + collection);
    }
  }

  /** Its owners may read them. */
  public DocumentKind(String name, Class<T> type, String collection) {
    this(name, type, collection, Readers.OWNERS);
  }

  /** Only operators and auditors may read them. */
  public DocumentKind<T> forOperators() {
    return new DocumentKind<>(name, type, collection, Readers.OPERATORS);
  }
}
