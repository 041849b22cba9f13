// Carries out what `mage attack` tries, from inside a sandbox. Simulations of a taken-over process: nothing here exploits anything.
#ifndef CATTEMPTS_H
#define CATTEMPTS_H

/// Exit statuses. Below ATTEMPT_ACHIEVED it is the errno with which the last call failed.
enum {
  /// The last call, or the look that the attempt takes, succeeded.
  ATTEMPT_ACHIEVED = 240,
  /// The words are none that this program knows.
  ATTEMPT_UNKNOWN = 241,
};

/// Makes the calls that the words describe and returns the exit status.
///
/// One call takes seven words, the number and six arguments, and the words of all calls stand one after the other:
///   123, 0x10   a number                  s/etc/passwd   the address of that text
///   z64         of as many zero bytes     x02000050      of these bytes
///   r           the last call's result    own            the caller's process id
/// A call that fails ends the attempt, but `-` before its number says that its result does not matter. Other than calls:
///   environment NAME    whether the variable is there
///   directory           whether any open descriptor is a directory through which /etc/passwd or a parent can be opened
///   i386 NUMBER         the call of that number through the 32-bit entry
///   thread WORDS        the words, in a second thread, by pthread_create(3)
///   handler WORDS       the words, with a handler for SIGSYS that leaves them by longjmp(3)
int attempt_run(int count, char *const words[]);

#endif
