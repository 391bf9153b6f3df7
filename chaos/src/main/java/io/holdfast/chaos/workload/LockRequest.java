package io.holdfast.chaos.workload;

import io.holdfast.lock.Acquirable;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Something to be held.
 *
 * @param key what it is noted under
 * @param claims as the lock model reads them
 * @param lock to acquire
 * @param tokens of a hold, by lock
 * @param fenced the registers that the holder may write, named like their locks
 */
record LockRequest<G extends LockGrant>(
    String key,
    String claims,
    Acquirable<G> lock,
    Function<G, Map<String, FencingToken>> tokens,
    List<String> fenced) {}
