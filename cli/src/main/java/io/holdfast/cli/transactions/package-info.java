/**
 * {@code holdfast transactions}: what a distributed commit has left unsettled, and how an operator
 * ends it. {@link io.holdfast.cli.databases.DatabaseOptions} says where it looks.
 */
@NullMarked
package io.holdfast.cli.transactions;

import org.jspecify.annotations.NullMarked;
