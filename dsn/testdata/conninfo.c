/*
 * Asks libpq how it reads connection strings. Each input is a string with its
 * NUL. Each answer is a row of such strings: a verdict, the number of settings,
 * then keyword and value of each. The verdict is "ok", "unknown" for a keyword
 * that libpq does not have, or "error". Before the first answer come the
 * version of libpq and all keywords with variable and compiled-in default.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

static void
put(const char *s)
{
	fputs(s ? s : "", stdout);
	putchar('\0');
}

static void
put_number(int n)
{
	printf("%d", n);
	putchar('\0');
}

static void
describe(void)
{
	PQconninfoOption *options = PQconndefaults();
	int			count = 0;

	while (options[count].keyword)
		count++;
	put_number(PQlibVersion());
	put_number(count);
	for (PQconninfoOption *o = options; o->keyword; o++)
	{
		put(o->keyword);
		put(o->envvar);
		put(o->compiled);
	}
	PQconninfoFree(options);
	fflush(stdout);
}

static const char *
verdict_of(const char *message)
{
	if (strstr(message, "invalid connection option") == message ||
		strstr(message, "invalid URI query parameter") == message)
		return "unknown";
	return "error";
}

static void
answer(const char *conninfo)
{
	char	   *message = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &message);
	int			count = 0;

	if (!options)
	{
		put(verdict_of(message ? message : ""));
		put_number(0);
		PQfreemem(message);
		return;
	}
	for (PQconninfoOption *o = options; o->keyword; o++)
		count += o->val != NULL;
	put("ok");
	put_number(count);
	for (PQconninfoOption *o = options; o->keyword; o++)
	{
		if (!o->val)
			continue;
		put(o->keyword);
		put(o->val);
	}
	PQconninfoFree(options);
}

int
main(void)
{
	char	   *line = NULL;
	size_t		capacity = 0;

	describe();
	while (getdelim(&line, &capacity, '\0', stdin) > 0)
	{
		answer(line);
		fflush(stdout);
	}
	return 0;
}
