/**
 * {@code holdfast sagas} and {@code holdfast outbox}: the work that services keep in tables of
 * their own databases, and what operators do when it is stuck.
 */
@NullMarked
package io.holdfast.cli.sagas;

import org.jspecify.annotations.NullMarked;
