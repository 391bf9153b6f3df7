/**
 * The databases that a command reads: {@link io.holdfast.cli.databases.DatabaseOptions} has the
 * options, and there is a {@link io.holdfast.cli.databases.DatabaseKind} for each kind. Drivers
 * that are not part of the command come from a folder.
 */
@NullMarked
package io.holdfast.cli.databases;

import org.jspecify.annotations.NullMarked;
