package io.holdfast.transaction.outbox;

/**
 * What one relay does and has done since it was made.
 *
 * @param relaying if it is the one that holds the lock now
 * @param delivered messages
 * @param triedInVain tries whose outcome was unknown
 * @param parked messages
 */
public record RelayActivity(boolean relaying, long delivered, long triedInVain, long parked) {}
