package io.holdfast.demo.operators;

import io.holdfast.cli.console.OperatorKeys;
import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.CallerAdmin;
import io.holdfast.payment.security.StoredCaller;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The callers with the role operator. */
public final class OperatorCallers implements OperatorKeys {

  @Override
  public CompletableFuture<Set<String>> operators(Coordinator coordinator) {
    return new CallerAdmin(coordinator)
        .list()
        .thenApply(
            there ->
                there.found().stream()
                    .filter(StoredCaller::inForce)
                    .filter(OperatorCallers::isOperator)
                    .map(StoredCaller::name)
                    .collect(Collectors.toSet()));
  }

  @Override
  public CompletableFuture<String> owner(Coordinator coordinator, String key) {
    return new CallerAdmin(coordinator)
        .owning(key)
        .thenApply(
            found ->
                found
                    .filter(OperatorCallers::isOperator)
                    .map(StoredCaller::name)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "that is not the valid key of a caller with the role operator")));
  }

  private static boolean isOperator(StoredCaller caller) {
    return caller.roles().contains(Role.OPERATOR);
  }
}
