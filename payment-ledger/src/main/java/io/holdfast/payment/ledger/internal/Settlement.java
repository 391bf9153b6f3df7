package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.payment.ledger.internal.OperationRow.State;
import java.util.List;
import java.util.Optional;

/** Ends a branch as was decided. If it is not there it has ended. */
final class Settlement extends Task<Boolean> {

  private final String branch;
  private final boolean commit;

  Settlement(int shard, String branch, boolean commit) {
    super(shard);
    this.branch = branch;
    this.commit = commit;
  }

  @Override
  Wanted wanted() {
    return new Wanted(List.of(), List.of(), List.of(), List.of(), List.of(branch));
  }

  @Override
  boolean endsBranch() {
    return true;
  }

  @Override
  Boolean apply(ShardBooks books, Moment moment) {
    Optional<BranchBody> found = books.branch(branch);
    if (found.isEmpty()) {
      return false;
    }
    BranchBody body = found.get();
    Draft draft = new Draft(books, Draft.Mode.SETTLING);
    draft.endPromise(body);
    body.effects().ifPresent(effects -> unlock(books, effects));
    if (commit) {
      String transaction = RemotePreparation.transaction(branch);
      if (body.effects().isPresent()) {
        Effects effects = body.effects().get();
        draft.add(effects, body.spentOn());
        draft.commit();
        Execution.carryOut(books, effects, body.head(), draft, transaction, moment.now());
        operation(books, body).ifPresent(row -> books.put(row.ended(State.DONE, effects.answer())));
      } else {
        draft.post(body.postings());
        draft.commit();
        body.claims().carryOut(books);
        Execution.tell(
            books,
            body.events(),
            books.journal(moment.now(), body.head(), transaction, draft.entries()));
      }
    } else {
      draft.unspend(body);
      draft.commit();
      body.claims().unlock(books, branch);
      if (body.effects().isPresent()) {
        operation(books, body).ifPresent(row -> books.forget(row.key()));
      }
    }
    books.removeBranch(branch);
    return true;
  }

  /** The request, if it still waits for this branch. */
  private Optional<OperationRow> operation(ShardBooks books, BranchBody body) {
    BranchBody.Head head = body.head();
    return books
        .operation(new OperationKey(shard(), head.caller(), head.scope(), head.key()))
        .filter(row -> row.state() == State.PENDING)
        .filter(row -> row.transaction().equals(Optional.of(branch)));
  }

  private void unlock(ShardBooks books, Effects effects) {
    for (DocumentRow document : effects.documents()) {
      books
          .document(document.id())
          .filter(stored -> stored.lockedBy().equals(Optional.of(branch)))
          .ifPresent(
              stored -> {
                if (stored.fresh()) {
                  books.removeDocument(document.id());
                } else {
                  books.putDocument(Stored.document(stored.value()));
                }
              });
    }
    for (String id : effects.releases()) {
      books
          .hold(id)
          .filter(stored -> stored.lockedBy().equals(Optional.of(branch)))
          .ifPresent(stored -> books.putHold(Stored.hold(stored.value())));
    }
  }
}
