package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * A kind of document: a payment, a loan, a request for money.
 *
 * @param name how its ids begin, 2 to 16 of {@code a-z}; in the database, never changed
 * @param type the record that its body is
 * @param collection where clients read them, such as {@code /payments}; then {@code /payments/{id}}
 *     is one
 */
public record DocumentKind<T extends Record>(String name, Class<T> type, String collection) {

  private static final Pattern NAME = Pattern.compile("[a-z]{2,16}");

  public DocumentKind {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a kind is 2 to 16 of a-z, not '" + name + "'");
    }
  }
}
