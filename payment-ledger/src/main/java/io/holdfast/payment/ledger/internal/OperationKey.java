package io.holdfast.payment.ledger.internal;

/** What is unique: a caller's key about an account or a document. */
record OperationKey(int shard, String caller, String scope, String key) {}
