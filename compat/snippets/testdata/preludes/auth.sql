create role joe login;
