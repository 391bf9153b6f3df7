package io.holdfast.payment.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * What a plan wants to see of the shard that executes it. What lies in other shards cannot be seen.
 * To name an account there all the same, since the plan will post to it, makes the request faster:
 * its shard is locked from the beginning, if that is possible.
 *
 * @param accounts client accounts
 * @param documents documents
 * @param holds holds, by id
 */
public record Reads(List<AccountId> accounts, List<DocumentId> documents, List<String> holds) {

  /** Nothing. */
  public static final Reads NONE = new Reads(List.of(), List.of(), List.of());

  public Reads {
    accounts = List.copyOf(accounts);
    documents = List.copyOf(documents);
    holds = List.copyOf(holds);
  }

  /** And this account. */
  public Reads account(AccountId id) {
    return new Reads(and(accounts, id), documents, holds);
  }

  /** And this document. */
  public Reads document(DocumentId id) {
    return new Reads(accounts, and(documents, id), holds);
  }

  /** And this hold. */
  public Reads hold(String id) {
    return new Reads(accounts, documents, and(holds, id));
  }

  /** And all of that. */
  public Reads and(Reads more) {
    return new Reads(
        joined(accounts, more.accounts),
        joined(documents, more.documents),
        joined(holds, more.holds));
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    more.stream().filter(each -> !some.contains(each)).forEach(all::add);
    return all;
  }

  private static <T> List<T> and(List<T> some, T more) {
    List<T> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }
}
